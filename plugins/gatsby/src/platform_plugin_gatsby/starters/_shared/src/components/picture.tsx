import * as React from "react"

export interface PictureData {
  src: string
  srcSet: string | null
  webp: string | null
  width: number | null
  height: number | null
}

interface Props {
  picture: PictureData | null
  alt: string
  sizes?: string
  className?: string
  field?: string
  eager?: boolean
}

/** A picture in the sizes that gatsby-plugin-sharp made: no placeholder, nothing inline, the same without JavaScript. */
export function Picture({ picture, alt, sizes = "100vw", className, field, eager = false }: Props) {
  if (!picture) return null
  return (
    <picture className={className} data-field={field}>
      {picture.webp && <source type="image/webp" srcSet={picture.webp} sizes={sizes} />}
      <img
        src={picture.src}
        srcSet={picture.srcSet ?? undefined}
        sizes={picture.srcSet ? sizes : undefined}
        width={picture.width ?? undefined}
        height={picture.height ?? undefined}
        alt={alt}
        loading={eager ? "eager" : "lazy"}
        decoding={eager ? "sync" : "async"}
        {...(eager ? { fetchpriority: "high" } : {})}
      />
    </picture>
  )
}
