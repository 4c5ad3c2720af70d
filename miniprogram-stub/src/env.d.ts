/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the mini-program finds the server, such as https://gugan.example.com. Empty in a browser: the same origin. */
  readonly VITE_API_BASE?: string
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
