import { defineConfig } from 'vite'
import uniModule from '@dcloudio/vite-plugin-uni'

// The plugin is CommonJS: under "type": "module" its function is `.default`.
const uni = ((uniModule as unknown as { default?: typeof uniModule }).default ?? uniModule) as typeof uniModule

export default defineConfig({
  base: './',
  plugins: [uni()],
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
})
