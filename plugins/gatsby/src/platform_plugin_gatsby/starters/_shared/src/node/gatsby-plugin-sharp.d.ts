// The plugin brings no types of its own.
declare module "gatsby-plugin-sharp" {
  export function generateImageData(options: Record<string, unknown>): Promise<any>
}
