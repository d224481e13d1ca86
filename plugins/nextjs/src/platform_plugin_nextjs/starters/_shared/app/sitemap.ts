import type { MetadataRoute } from "next";
import { absolute } from "@/lib/platform";
import { addresses } from "@/lib/routes";
import { morePaths } from "@/templates";

export const dynamic = "force-static";

export default function sitemap(): MetadataRoute.Sitemap {
  const own = addresses().map(({ path, entry }) => ({ url: absolute(encodeURI(path)), lastModified: entry?.updated ?? entry?.date ?? undefined }));
  return [...own, ...morePaths().map((path) => ({ url: absolute(path) }))];
}
