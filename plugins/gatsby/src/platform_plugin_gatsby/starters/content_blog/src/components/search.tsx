import * as React from "react"
import { Link } from "gatsby"

interface Row {
  url: string
  title: string
  description: string
  tags: string[]
  text: string
}

type State = "idle" | "loading" | "ready" | "failed"

const SHOWN = 20

/** Search in the browser: the index is fetched when the field is first used. */
export function Search() {
  const [words, setWords] = React.useState("")
  const [rows, setRows] = React.useState<Row[]>([])
  const [state, setState] = React.useState<State>("idle")

  const load = React.useCallback(async () => {
    setState((now) => (now === "ready" ? now : "loading"))
    try {
      const answer = await fetch("/search.json")
      if (!answer.ok) throw new Error(String(answer.status))
      setRows(await answer.json())
      setState("ready")
    } catch {
      setState("failed")
    }
  }, [])

  React.useEffect(() => {
    const asked = new URLSearchParams(window.location.search).get("q")
    if (!asked) return
    setWords(asked)
    void load()
  }, [load])

  const change = (event: React.ChangeEvent<HTMLInputElement>) => {
    setWords(event.target.value)
    const query = event.target.value ? `?q=${encodeURIComponent(event.target.value)}` : window.location.pathname
    window.history.replaceState(window.history.state, "", query)
  }
  const found = React.useMemo(() => find(rows, words), [rows, words])
  return (
    <>
      <form className="search" role="search" action="/search/" onSubmit={(event) => event.preventDefault()}>
        <label className="visually-hidden" htmlFor="search">
          Search this site
        </label>
        <input id="search" name="q" type="search" autoComplete="off" value={words} onFocus={() => state === "idle" && void load()} onChange={change} />
        <button className="button" type="submit">
          Search
        </button>
      </form>
      <p role="status" className="quiet search-status">
        {status(state, words, found.length)}
      </p>
      <ul className="search-results">
        {found.slice(0, SHOWN).map((row) => (
          <li key={row.url} className="list-item">
            <h2>
              <Link to={row.url}>{row.title}</Link>
            </h2>
            <p>{row.description}</p>
          </li>
        ))}
      </ul>
    </>
  )
}

function status(state: State, words: string, count: number): string {
  if (state === "failed") return "The index could not be fetched. Please try again."
  if (!words.trim() || state !== "ready") return ""
  if (count === 0) return "Nothing found."
  return count === 1 ? "1 page found." : `${count} pages found.`
}

/** Pages in which every word begins a word; words in titles and topics weigh more. */
export function find(rows: Row[], words: string): Row[] {
  const asked = plain(words).split(" ").filter(Boolean)
  if (!asked.length) return []
  const scored = rows.map((row) => {
    const fields: [string, number][] = [
      [row.title, 8],
      [row.tags.join(" "), 5],
      [row.description, 3],
      [row.text, 1],
    ]
    const scores = asked.map((word) => fields.reduce((sum, [text, weight]) => sum + (` ${plain(text)}`.includes(` ${word}`) ? weight : 0), 0))
    return { row, score: scores.every(Boolean) ? scores.reduce((sum, score) => sum + score, 0) : 0 }
  })
  return scored.filter((item) => item.score > 0).sort((a, b) => b.score - a.score).map((item) => item.row)
}

function plain(text: string): string {
  const letters = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  return letters.replace(/[^\p{L}\p{N}]+/gu, " ").trim()
}
