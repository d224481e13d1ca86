import type { MetadataRoute } from "next";
import { absolute, site } from "@/lib/platform";

export const dynamic = "force-static";

export default function robots(): MetadataRoute.Robots {
  const all = { userAgent: "*" };
  return { rules: site.stage === "local" ? { ...all, disallow: "/" } : { ...all, allow: "/" }, sitemap: absolute("/sitemap.xml") };
}
