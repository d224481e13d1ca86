import { getImageProps } from "next/image";
import imageLoader from "@/lib/image-loader";
import { madeOf } from "@/lib/images";

type Props = { src: string; alt: string; sizes?: string; eager?: boolean; className?: string };

/**
 * A picture in several widths, through next/image. Its component sets a style attribute, which the site's
 * policy refuses; so its properties are put on a plain <img>, without that one.
 */
export function Picture({ src, alt, sizes = "(min-width: 48rem) 44rem, 100vw", eager = false, className }: Props) {
  const made = madeOf(src);
  const loading = eager ? "eager" : "lazy";
  if (!made) return <img src={src} alt={alt} loading={loading} decoding="async" className={className} />;
  const given = { src, alt, sizes, className, width: made.width, height: made.height, loader: imageLoader };
  const { props } = getImageProps({ ...given, loading, fetchPriority: eager ? "high" : undefined });
  const { style: _, srcSet: __, ...rest } = props;
  const set = made.files.map(([width, path]) => `${path} ${width}w`).join(", ");
  return <img {...rest} src={made.files.at(-1)?.[1] ?? src} srcSet={set} />;
}

/** A picture of a Markdown text; its title is its caption. */
export function MarkdownImage({ src, alt, title }: { src: string; alt: string; title?: string }) {
  if (!title) return <Picture src={src} alt={alt} />;
  return (
    <span className="figure">
      <Picture src={src} alt={alt} />
      <span className="caption">{title}</span>
    </span>
  );
}
