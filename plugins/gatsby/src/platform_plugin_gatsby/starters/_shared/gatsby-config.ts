import { existsSync } from "node:fs"
import type { GatsbyConfig } from "gatsby"
import { readPlatform, readSiteFile } from "./src/node/platform"

const platform = readPlatform()
const site = readSiteFile()

// Of static/, Gatsby needs to know the pictures that it makes smaller.
const NOT_RESIZED = /\.(?!(png|jpe?g|webp)$)[a-z0-9]+$/i

const config: GatsbyConfig = {
  siteMetadata: {
    ...site,
    title: platform.title || site.title,
    locale: platform.locale || site.locale,
    siteUrl: platform.baseUrl,
  },
  trailingSlash: "always",
  // Says that no host needs anything special; otherwise Gatsby asks the network which one might.
  adapter: { name: "platform", adapt: () => {} },
  plugins: [
    ...["content", "static"]
      .filter((name) => existsSync(name))
      .map((name) => ({
        resolve: "gatsby-source-filesystem",
        options: { name, path: name, ignore: name === "static" ? [NOT_RESIZED] : [] },
      })),
    { resolve: "gatsby-transformer-remark", options: { footnotes: true, gfm: true } },
    { resolve: "gatsby-plugin-sharp", options: { defaults: { placeholder: "none", quality: 78 }, failOn: "error" } },
    "gatsby-transformer-sharp",
  ],
}

export default config
