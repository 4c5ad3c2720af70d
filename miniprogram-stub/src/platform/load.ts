/** Reading with a copy on the phone: the last answer is shown at once and while there is no signal. */
import { reactive } from 'vue'
import { NoAnswer, Problem } from '../api/client'
import { toLogin } from '../go'
import { session } from '../session'
import * as native from './native'

export interface Loaded<T> {
  value: T | null
  /** Nothing to show yet. */
  isLoading: boolean
  /** Words fit to show, when there is nothing else to show. */
  fault: string
  /** The value is the copy: the server could not be asked. */
  isOld: boolean
}

export function loaded<T>(): Loaded<T> {
  return reactive({ value: null, isLoading: true, fault: '', isOld: false }) as Loaded<T>
}

/** Asked twice, the answer to the later question stands, whichever comes first. */
const asked = new WeakMap<object, number>()

export async function load<T>(into: Loaded<T>, name: string, ask: () => Promise<T>): Promise<void> {
  const turn = (asked.get(into) ?? 0) + 1
  asked.set(into, turn)
  const place = `copy.${session.user?.id ?? ''}.${name}`
  if (into.value === null) {
    const copy = native.shelf.get(place)
    if (copy) Object.assign(into, { value: JSON.parse(copy) as T, isLoading: false, isOld: true })
  }
  try {
    const value = await ask()
    if (asked.get(into) !== turn) return
    Object.assign(into, { value, isLoading: false, fault: '', isOld: false })
    native.shelf.set(place, JSON.stringify(value))
  } catch (fault) {
    if (asked.get(into) !== turn) return
    into.isLoading = false
    if (into.value !== null && fault instanceof NoAnswer) into.isOld = true
    else if (fault instanceof NoAnswer) into.fault = '没有信号，连上网络后下拉刷新'
    else if (fault instanceof Problem && fault.status === 401) toLogin()
    else if (fault instanceof Problem) into.fault = fault.detail
    else throw fault
  }
}

/** Puts an answer where `load` will find it. */
export function keepCopy(name: string, value: unknown): void {
  native.shelf.set(`copy.${session.user?.id ?? ''}.${name}`, JSON.stringify(value))
}
