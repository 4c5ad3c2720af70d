/** The time, as the server has it. A phone's own clock may be wrong, and what is due is counted by the server's. */

let aheadMs = 0

/** What the server said its time was, just now. Less than two seconds apart is the way of the answer, not the clock. */
export function learn(serverTime: string | undefined): number {
  const at = serverTime ? Date.parse(serverTime) : NaN
  if (Number.isFinite(at)) {
    const difference = at - Date.now()
    if (Math.abs(difference - aheadMs) > 2_000) aheadMs = difference
  }
  return aheadMs
}

/** Goes on with what an earlier run of the app had learnt. */
export function remember(ms: number): void {
  aheadMs = Number.isFinite(ms) ? ms : 0
}

export const now = (): number => Date.now() + aheadMs
export const nowText = (): string => new Date(now()).toISOString()
