// Markdown: wide tables scroll by themselves, and can be reached with the keyboard.
export default function (eleventyConfig) {
  eleventyConfig.amendLibrary("md", (md) => {
    md.set({ html: true, linkify: false, typographer: false });
    md.renderer.rules.table_open = () => '<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>\n';
    md.renderer.rules.table_close = () => "</table></div>\n";
  });
}
