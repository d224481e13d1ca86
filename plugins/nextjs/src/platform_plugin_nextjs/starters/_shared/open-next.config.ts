// The server's function: one Lambda function behind a CDN that has all files already. So there is no
// store for pages that were made earlier, and no service that resizes pictures.
const config = {
  default: {
    override: {
      wrapper: "aws-lambda",
      converter: "aws-apigw-v2",
      incrementalCache: "dummy",
      tagCache: "dummy",
      queue: "dummy",
    },
  },
  imageOptimization: { loader: "dummy", override: { wrapper: "dummy", converter: "dummy" }, install: false },
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
  buildCommand: "next build",
};

export default config;
