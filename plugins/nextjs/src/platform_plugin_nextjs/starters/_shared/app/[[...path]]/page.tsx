import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { titleOf } from "@/components/breadcrumbs";
import { JsonLd } from "@/components/json-ld";
import { EntryList } from "@/components/list";
import { PageHead } from "@/components/page-head";
import { ListPage, PlainPage, TaxonomyPage, TermPage, taxonomyTitle } from "@/components/pages";
import { ProductList, ProductPage, ShopStrip } from "@/components/products";
import { inCollection } from "@/lib/content";
import { siteItems } from "@/lib/json-ld";
import { partOf } from "@/lib/listing";
import { plainText } from "@/lib/markdown";
import { metadataOf } from "@/lib/metadata";
import { about, site } from "@/lib/platform";
import { addressAt, addresses, type Address } from "@/lib/routes";
import { templates } from "@/templates";

// Every page that a content file, a folder of them or a term stands for. What is not listed is not there.
export const dynamicParams = false;

type Props = { params: Promise<{ path?: string[] }> };

export function generateStaticParams() {
  return addresses().map(({ path }) => ({ path: path.split("/").filter(Boolean) }));
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const address = await found(params);
  const { path, entry } = address;
  const title = titleAt(address);
  if (!entry) return metadataOf({ title, path, description: address.kind === "home" ? about.description : "" });
  const description = entry.description || summary(plainText(entry.body));
  const { image, locale, date, updated, tags } = entry;
  return metadataOf({ title, description, path, image, locale, published: date, updated, tags });
}

export default async function ContentPage({ params }: Props) {
  const address = await found(params);
  switch (address.kind) {
    case "home": {
      const Home = templates.home ?? PlainHome;
      return (
        <>
          <Home entry={address.entry} />
          <ShopStrip />
          <JsonLd items={siteItems()} />
        </>
      );
    }
    case "list":
      return <FolderPage address={address} />;
    case "term":
      return <TermPage taxonomy={address.taxonomy} term={address.term} part={partOf(address.listing)} />;
    case "terms":
      return <TaxonomyPage taxonomy={address.taxonomy} />;
    default:
      return <EntryPage address={address} />;
  }
}

function FolderPage({ address }: { address: Address & { kind: "list" } }) {
  const { folder, entry } = address;
  const part = partOf(address.listing);
  if (folder === "products") return <ProductList entry={entry} part={part} />;
  const Whole = templates.lists[folder];
  if (Whole) return <Whole entry={entry} />;
  const List = templates.pagedLists[folder];
  return List ? <List entry={entry} part={part} /> : <ListPage title={entry?.title ?? titleOf(folder)} entry={entry} part={part} />;
}

function EntryPage({ address }: { address: Address & { kind: "entry" } }) {
  const { entry } = address;
  const own = templates.layouts[String(entry.data.layout ?? "")] ?? templates.entries[entry.collection] ?? PlainPage;
  const Template = entry.collection === "products" ? ProductPage : own;
  // What is around it, header and footer, stays in the site's language.
  return entry.locale ? <div lang={entry.locale}><Template entry={entry} /></div> : <Template entry={entry} />;
}

function PlainHome({ entry }: { entry?: Address["entry"] }) {
  if (entry) return <PlainPage entry={entry} />;
  return (
    <div className="page">
      <PageHead title={site.title} />
      <EntryList entries={inCollection("")} />
    </div>
  );
}

/** The first words of a text; a very short one says too little. */
function summary(words: string): string {
  if (words.length < 40) return "";
  return words.length > 160 ? `${words.slice(0, 157).replace(/\s+\S*$/, "")}…` : words;
}

function titleAt(address: Address): string {
  const number = "listing" in address ? address.listing.number : 1;
  return number > 1 ? `${nameOf(address)}, page ${number}` : nameOf(address);
}

function nameOf(address: Address): string {
  if (address.entry) return address.entry.title;
  if (address.kind === "list") return titleOf(address.folder);
  if (address.kind === "terms") return taxonomyTitle(address.taxonomy);
  return address.kind === "term" ? address.term : site.title;
}

async function found(params: Props["params"]): Promise<Address> {
  const { path = [] } = await params;
  const parts = path.map((part) => decodeURIComponent(part));
  return addressAt(parts.length ? `/${parts.join("/")}/` : "/") ?? notFound();
}
