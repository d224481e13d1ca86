interface Row { url: string, title: string, locale: string, description: string, tags: string[], text: string }

/** Search the site's own index, which is loaded when somebody begins. All words have to be there; titles count most. */
export function useSearch(locale: string) {
  const query = ref('')
  const ready = ref(false)
  const rows = shallowRef<(Row & { words: string, title_: string })[] | null>(null)

  async function begin() {
    if (rows.value) return
    const found = await $fetch<Row[]>('/search.json')
    rows.value = found.filter(row => row.locale === locale).map(row => ({
      ...row, title_: fold(row.title), words: fold([row.title, row.description, ...row.tags, row.text].join(' ')),
    }))
  }

  const results = computed(() => {
    const words = fold(query.value).split(/\s+/).filter(Boolean)
    if (!rows.value || !words.length) return null
    const weight = (row: { title_: string, words: string }) =>
      words.reduce((sum, word) => sum + (row.title_.includes(word) ? 10 : 0) + Math.min(5, row.words.split(word).length - 1), 0)
    return rows.value.filter(row => words.every(word => row.words.includes(word)))
      .map(row => ({ row, weight: weight(row) })).sort((a, b) => b.weight - a.weight).map(item => item.row)
  })

  // A page that is a file comes alive without the query of its address, which follows a moment later.
  const route = useRoute()
  onMounted(() => {
    ready.value = true
    watch(() => route.query.q, (asked) => {
      if (!asked) return
      query.value = String(asked)
      begin()
    }, { immediate: true })
  })
  return { query, results, ready, begin }
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/[\u0300-\u036F]/g, '').toLowerCase()
}
