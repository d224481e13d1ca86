import { Breadcrumbs, crumbsTo } from "@/components/breadcrumbs";
import { JsonLd } from "@/components/json-ld";
import { PageHead } from "@/components/page-head";
import { Pager } from "@/components/pager";
import { Picture } from "@/components/picture";
import { SiteLink } from "@/components/site-link";
import { inCollection, productOf, shows, type Entry } from "@/lib/content";
import { productItem } from "@/lib/json-ld";
import type { Part } from "@/lib/listing";
import { Markdown } from "@/lib/markdown";
import { sells, type Product } from "@/lib/platform";

/** The shop's button, as the shop made it. */
function Buy({ product }: { product: Product }) {
  return <div className="buy" dangerouslySetInnerHTML={{ __html: product.buy }} suppressHydrationWarning />;
}

export function ProductPage({ entry }: { entry: Entry }) {
  const product = productOf(entry);
  return (
    <article className="page product" {...shows(entry)}>
      <Breadcrumbs crumbs={crumbsTo(entry.url, entry.title)} />
      <div className="product-view">
        {entry.image ? <div className="product-picture" data-field="image"><Picture src={entry.image} alt={entry.imageAlt} eager sizes="(min-width: 60rem) 38rem, 100vw" /></div> : null}
        <div className="product-facts">
          <h1 data-field="title">{entry.title}</h1>
          {entry.description ? <p className="lead" data-field="description">{entry.description}</p> : null}
          {product ? (
            <>
              <p className="price">{product.price_text}</p>
              <Stock count={product.stock} />
              <Buy product={product} />
            </>
          ) : null}
        </div>
      </div>
      <div className="prose" data-field="body"><Markdown text={entry.body} /></div>
      <JsonLd items={[productItem(entry)]} />
    </article>
  );
}

function Stock({ count }: { count: number | null }) {
  if (count === 0) return <p className="stock">Sold out.</p>;
  return count !== null && count < 6 ? <p className="stock">Only {count} left.</p> : null;
}

export function ProductList({ entry, part }: { entry?: Entry; part: Part }) {
  return (
    <div className="page shop">
      <PageHead title={entry?.title ?? "Shop"} lead={entry?.description} />
      {part.number === 1 && entry?.body.trim() ? <div className="prose" data-field="body"><Markdown text={entry.body} /></div> : null}
      <h2 className="visually-hidden">Products</h2>
      <Cards entries={part.entries} />
      <Pager part={part} />
    </div>
  );
}

/** Three products for the home page; nothing when there is no shop. */
export function ShopStrip() {
  if (!sells) return null;
  return (
    <section className="shop-strip" aria-labelledby="shop-strip">
      <header>
        <h2 id="shop-strip">Shop</h2>
        <SiteLink href="/products/">See everything</SiteLink>
      </header>
      <Cards entries={inCollection("products").slice(0, 3)} />
    </section>
  );
}

function Cards({ entries }: { entries: Entry[] }) {
  return (
    <div className="products">
      {entries.map((entry) => {
        const product = productOf(entry);
        return product ? <Card key={entry.url} entry={entry} product={product} /> : null;
      })}
    </div>
  );
}

function Card({ entry, product }: { entry: Entry; product: Product }) {
  return (
    <article className="product-card">
      {entry.image ? (
        <SiteLink className="product-card-image" href={entry.url} tabIndex={-1} aria-hidden="true">
          <Picture src={entry.image} alt="" sizes="(min-width: 60rem) 22rem, (min-width: 36rem) 45vw, 100vw" />
        </SiteLink>
      ) : null}
      <h3><SiteLink href={entry.url}>{product.name}</SiteLink></h3>
      {product.description ? <p>{product.description}</p> : null}
      <p className="price">{product.price_text}</p>
      <Buy product={product} />
    </article>
  );
}
