/**
 * Whether the practice is open. Pages that are files don't know when they are read: there it is empty until
 * the browser has told the time. A page that a server renders may give the moment itself.
 */
export function useOpening(hours: Hours, moment?: number) {
  const state = ref<State | null>(moment ? stateAt(hours, new Date(moment)) : null)
  let timer: ReturnType<typeof setInterval> | undefined
  const look = () => { state.value = stateAt(hours, new Date()) }
  onMounted(() => {
    look()
    timer = setInterval(look, 30_000)
  })
  onBeforeUnmount(() => clearInterval(timer))
  return state
}
