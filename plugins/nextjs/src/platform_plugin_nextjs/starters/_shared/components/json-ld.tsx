/** What machines read; a block of data, which the site's policy allows. */
export function JsonLd({ items }: { items: (object | null)[] }) {
  const graph = items.filter((item) => item !== null);
  const text = JSON.stringify({ "@context": "https://schema.org", "@graph": graph }).replace(/</g, "\\u003c");
  return graph.length ? <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: text }} /> : null;
}
