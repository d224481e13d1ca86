/** The index that the search page loads when somebody begins to type. */
export default defineEventHandler(() => entries().filter(page => page.layout !== 'search').map(page => ({
  url: page.url,
  title: page.title,
  locale: page.locale,
  description: page.description,
  tags: page.tags.map(tag => tag.name),
  text: model.texts[page.url] ?? '',
})))
