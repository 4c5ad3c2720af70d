/** A screen follows what is handed in on it until the server has spoken, however late; once it is left, what comes is
 *  told wherever its owner is. */
import { onUnload } from '@dcloudio/uni-app'
import { follow, unfollow } from './queue'

/** Called while a page is set up. An answer that comes after the page was left is not the page's any more. */
export function useFollow(): (key: string) => void {
  const keys = new Set<string>()
  let isLeft = false
  onUnload(() => {
    isLeft = true
    keys.forEach(unfollow)
  })
  return (key) => {
    if (isLeft) return unfollow(key)
    keys.add(key)
    follow(key)
  }
}
