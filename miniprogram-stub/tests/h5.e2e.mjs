/** The first day on real screens, in Chromium at 390×844, as a running server in development mode serves them.
 *  GUGAN_SERVER=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node tests/h5.e2e.mjs
 *  Pictures go to artefacts/. The demo company is reset first, to a Monday morning. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { audit } from './audit.mjs'
import { toWgs84, withExif } from './photo.mjs'

const SERVER = process.env.GUGAN_SERVER ?? 'http://127.0.0.1:8080'
const ARTEFACTS = new URL('../artefacts/', import.meta.url).pathname
mkdirSync(ARTEFACTS, { recursive: true })

const APP = `${SERVER}/app/`
const MORNING = '2026-11-23T07:10:00+08:00'
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })

async function ask(method, path, { token, body } = {}) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const answer = await fetch(`${SERVER}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : null
}
/** The server's time: the phone's own is another day's. */
async function serverNow() {
  return new Date((await fetch(`${SERVER}/healthz`)).headers.get('x-server-time'))
}
const tokenOf = async (name) => (await ask('POST', '/auth/wechat/login', { body: { code: `sim:${name}#test` } })).token

/** One person's phone. */
class Phone {
  static async of(dark = false, isRefused = false) {
    const it = new Phone()
    it.context = await browser.newContext({
      viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, locale: 'zh-CN',
      colorScheme: dark ? 'dark' : 'light', permissions: isRefused ? [] : ['geolocation'],
    })
    it.page = await it.context.newPage()
    it.page.setDefaultTimeout(8000)
    it.faults = []
    it.page.on('pageerror', (fault) => it.faults.push(String(fault)))
    it.taps = 0
    it.shots = []
    it.page.on('filechooser', async (chooser) => {
      const next = it.shots.shift()
      if (next) await chooser.setFiles({ name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: next })
    })
    return it
  }

  async login(name) {
    await this.page.goto(`${APP}#/pages/login/index`)
    await this.page.locator('.list-item', { hasText: new RegExp(`${name}$`) }).tap()
    await this.page.locator('.tab-bar').waitFor()
  }

  async tap(target) {
    const it = typeof target === 'string' ? this.page.locator(target).locator('visible=true').first() : target
    await it.waitFor()
    await this.page.waitForTimeout(60)
    await it.tap()
    this.taps += 1
  }

  button(text) {
    return this.page.locator('.app-button:not(.off)', { hasText: text }).locator('visible=true').first()
  }

  see(text) {
    return this.page.getByText(text).locator('visible=true').first().waitFor()
  }

  async picture(name) {
    await this.page.waitForTimeout(350)
    await this.page.screenshot({ path: `${ARTEFACTS}${name}.png` })
    assert.deepEqual(await this.page.evaluate(audit), [], `what the screen ${name} has to keep`)
  }

  /** A photo as the camera would hand it over, different each time. */
  async photo(place, text) {
    const url = await this.page.evaluate((words) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 900 })
      const pen = canvas.getContext('2d')
      const sky = pen.createLinearGradient(0, 0, 0, 900)
      sky.addColorStop(0, '#9ec7e8')
      sky.addColorStop(1, '#e8edf0')
      pen.fillStyle = sky
      pen.fillRect(0, 0, 1200, 900)
      pen.fillStyle = '#8a8f96'
      pen.fillRect(0, 760, 1200, 140)
      // Every street looks different: two pictures that look alike are one picture to the server.
      for (let i = 0; i < 30; i++) {
        pen.fillStyle = `hsl(${Math.random() * 360} ${20 + Math.random() * 60}% ${20 + Math.random() * 60}%)`
        pen.fillRect(Math.random() * 1200 - 100, Math.random() * 800 - 100, 80 + Math.random() * 420, 80 + Math.random() * 420)
      }
      pen.fillStyle = `hsl(${Math.random() * 360} 20% ${55 + Math.random() * 30}%)`
      pen.fillRect(140 + Math.random() * 200, 220, 500 + Math.random() * 420, 300 + Math.random() * 260)
      pen.fillStyle = '#b3392f'
      pen.fillRect(110, 180, 980, 150)
      pen.fillStyle = '#fff'
      pen.font = 'bold 84px "Noto Sans CJK SC"'
      pen.textAlign = 'center'
      pen.fillText(words, 600, 285)
      for (const x of [190, 480, 770]) {
        pen.fillStyle = '#3d5a6c'
        pen.fillRect(x, 400, 240, 380)
        for (let i = 0; i < 24; i++) {
          pen.fillStyle = `hsl(${Math.random() * 360} 55% 55%)`
          pen.fillRect(x + 12 + (i % 6) * 37, 420 + Math.floor(i / 6) * 88, 30, 66)
        }
      }
      return canvas.toDataURL('image/jpeg', 0.9)
    }, text)
    return withExif(Buffer.from(url.split(',')[1], 'base64'), { ...place, at: await serverNow() })
  }

  async at(place) {
    await this.context.setGeolocation({ latitude: place.lat, longitude: place.lng, accuracy: 14 })
  }

  async close() {
    assert.deepEqual(this.faults, [], 'errors on the page')
    await this.context.close()
  }
}

const budget = []
const within = (what, taps, limit) => {
  budget.push({ what, taps, limit })
  assert.ok(taps <= limit, `${what}: ${taps} taps, at most ${limit}`)
}

async function test(name, run) {
  const from = Date.now()
  try {
    await run()
    console.log(`ok   ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`)
  } catch (fault) {
    console.error(`FAIL ${name}\n${fault.stack}`)
    process.exitCode = 1
    for (const context of browser.contexts()) {
      for (const page of context.pages()) console.error(await page.evaluate(() => Object.entries(localStorage).filter(([k]) => k.includes('draft.')).map(([, v]) => v.slice(0, 900)).join('\n')).catch(() => ''))
      for (const page of context.pages()) await page.screenshot({ path: `${ARTEFACTS}failed-${name.replace(/\W+/g, '-').slice(0, 40)}.png` }).catch(() => {})
      await context.close()
    }
  }
}

await ask('POST', '/dev/reset', { body: { now: MORNING } })
await ask('POST', '/dev/settle')
const placeOf = async (token, id) => toWgs84((await ask('GET', `/customers/${id}`, { token })).location)

await test('login shows who there is, in light and dark', async () => {
  for (const dark of [false, true]) {
    const phone = await Phone.of(dark)
    await phone.page.goto(`${APP}#/pages/login/index`)
    await phone.see('rep-01')
    await phone.picture(dark ? 'login-dark' : 'login')
    await phone.close()
  }
})

await test('the audit of the screens sees a small target, pale text and a wide screen', async () => {
  const phone = await Phone.of()
  await phone.page.setContent('<div role="button" style="width:30px;height:30px">x</div><p style="color:#999;background:#fff">pale</p><p style="width:900px">wide</p>')
  const breaches = await phone.page.evaluate(audit)
  for (const said of ['30 × 30', 'contrast of 2.8', 'wide']) assert.ok(breaches.some((it) => it.includes(said)), `${said}: ${breaches}`)
  await phone.close()
})

await test('a new employee binds the phone number', async () => {
  const phone = await Phone.of()
  await phone.page.goto(`${APP}#/pages/login/index`)
  await phone.tap(phone.page.locator('.list-item', { hasText: 'rep-07' }))
  await phone.page.locator('input').fill('13800000007')
  await phone.tap(phone.button('绑定并进入'))
  await phone.page.locator('.tab-bar').waitFor()
  await phone.close()
})

await test('a rep files the proposed list, checks in, completes', async () => {
  const phone = await Phone.of()
  const token = await tokenOf('rep-01')
  await phone.login('rep-01')
  await phone.see('提交这 5 家')
  await phone.picture('today-proposed')
  phone.taps = 0
  await phone.tap(phone.button('提交这'))
  await phone.see('0 / 5')
  within('file the proposed list', phone.taps, 3)
  await phone.picture('today-filed')

  const day = await ask('GET', '/action-lists?limit=1', { token })
  const list = await ask('GET', `/action-lists/${day.items[0].date}`, { token })
  const [first] = list.items
  const place = await placeOf(token, first.customer_id)
  await phone.at(place)
  const taken = await phone.photo(place, first.customer_name)
  phone.shots.push(taken)
  phone.taps = 0
  await phone.tap('.today-act')
  if (await phone.page.locator('.photo-slot-image').waitFor({ timeout: 3000 }).then(() => false, () => true)) await phone.tap('.photo-slot')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.picture('check-in')
  await phone.tap(phone.button('签到'))
  await phone.see('已确认到店')
  within('check in, besides the photo', phone.taps, 3)
  await phone.tap(phone.page.locator('.chip', { hasText: '有意向' }))
  await phone.picture('outcome')
  await phone.tap(phone.button('完成拜访'))
  await phone.see('这一家完成了')
  await phone.picture('completed')
  await phone.tap(phone.button('回到今天'))
  await phone.see('1 / 5')
  await phone.picture('today-progress')

  const visits = await ask('GET', `/visits?customer_id=${first.customer_id}`, { token })
  assert.equal(visits.items.length, 1)
  assert.equal(visits.items[0].verdict, 'pass')
  assert.equal(visits.items[0].result_code, 'interest')
  const photo = await ask('GET', `/photos/${visits.items[0].photo_ids[0]}`, { token })
  assert.equal(photo.n_bytes, taken.length, 'the original bytes arrive unaltered')
  assert.ok(JSON.stringify(photo.exif).includes('NOH-AN00'), `EXIF is read: ${JSON.stringify(photo.exif)}`)

  await phone.tap('.today-body')
  await phone.see('来往')
  await phone.page.waitForTimeout(600)
  await phone.picture('store')
  await phone.close()
})

/** The way to the next store: nobody is at two places in one minute. */
const drive = () => ask('POST', '/dev/clock', { body: { advance: 'PT45M' } })

await test('without signal a visit is kept, survives a restart, and is sent once', async () => {
  await drive()
  const phone = await Phone.of()
  const token = await tokenOf('rep-01')
  await phone.login('rep-01')
  await phone.see('1 / 5')
  const day = await ask('GET', '/action-lists?limit=1', { token })
  const list = await ask('GET', `/action-lists/${day.items[0].date}`, { token })
  const next = list.items.find((it) => it.status !== 'done')
  const place = await placeOf(token, next.customer_id)
  await phone.at(place)
  phone.shots.push(await phone.photo(place, next.customer_name))
  await phone.page.route('**/api/**', (route) => route.abort())
  await phone.tap('.today-act')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.tap(phone.button('签到'))
  await phone.see('签到已存在手机里')
  await phone.tap(phone.page.locator('.chip', { hasText: '下单了' }))
  await phone.tap(phone.button('完成拜访'))
  await phone.see('有信号后自动发送，关掉也不会丢')
  await phone.tap(phone.button('回到今天'))
  await phone.see('件已存在手机里')
  await phone.picture('today-unsent')
  await phone.page.reload()
  await phone.see('件已存在手机里')
  await phone.tap('.banner')
  await phone.see('还没发出去的')
  await phone.picture('mine-unsent')
  await phone.page.unroute('**/api/**')
  await phone.page.reload()
  await phone.see('2 / 5')
  const visits = await ask('GET', `/visits?customer_id=${next.customer_id}`, { token })
  assert.equal(visits.items.length, 1)
  assert.equal(visits.items[0].result_code, 'order')
  await phone.close()
})

let waiting
await test('far away or without a position: recorded, and the supervisor decides', async () => {
  await drive()
  const phone = await Phone.of(false, true)
  const token = await tokenOf('rep-01')
  await phone.login('rep-01')
  await phone.see('2 / 5')
  const day = await ask('GET', '/action-lists?limit=1', { token })
  const list = await ask('GET', `/action-lists/${day.items[0].date}`, { token })
  waiting = list.items.find((it) => it.status !== 'done')
  const place = await placeOf(token, waiting.customer_id)
  phone.shots.push(await phone.photo({ lat: place.lat + 0.008, lng: place.lng }, waiting.customer_name))
  await phone.tap('.today-act')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('没有打开定位')
  await phone.picture('check-in-no-place')
  await phone.tap(phone.button('签到'))
  await phone.see('已先行记录')
  await phone.picture('outcome-review')
  await phone.page.goto(`${APP}#/pages/today/index?tab=mine`)
  await phone.see('等别人看的')
  const { manager } = (await ask('GET', '/dev/people')).items.find((it) => it.username === 'rep-01')
  const holder = (await ask('GET', '/dev/people')).items.find((it) => it.username === manager || it.name === manager)
  await phone.see(`在${holder.name}那里`)
  await phone.picture('mine-held')
  await phone.close()
})

await test('the pushed card opens the decision on a phone that is not logged in, and goes on there', async () => {
  await ask('POST', '/dev/settle')
  const { items } = await ask('GET', '/dev/wechat/sent')
  const card = items.findLast((it) => it.username === 'supervisor-01' && it.page?.startsWith('pages/todo/detail'))
  assert.ok(card, 'the supervisor was told by WeChat')
  const phone = await Phone.of()
  await phone.page.goto(`${APP}#/${card.page}`)
  await phone.page.locator('.list-item', { hasText: /supervisor-01$/ }).tap()
  await phone.see('系统看到的')
  await phone.button(/^通过$/).waitFor()
  await phone.picture('todo-from-card')
  await phone.close()
})

await test('the supervisor approves in two taps', async () => {
  const phone = await Phone.of()
  await phone.login('supervisor-01')
  await phone.see('等您决定')
  await phone.picture('todos')
  phone.taps = 0
  await phone.tap('.todos-item')
  await phone.see('系统看到的')
  await phone.page.waitForTimeout(600)
  await phone.picture('todo')
  await phone.tap(phone.button(/^通过$/))
  await phone.see('已通过')
  within('approve', phone.taps, 2)
  await phone.picture('todo-decided')
  await phone.tap(phone.button('下一件'))
  await phone.see('没有等您决定的事')
  await phone.tap(phone.page.locator('.tab', { hasText: '团队' }))
  await phone.see('未提交')
  await phone.picture('team')
  await phone.close()
})

await test('a driver signs a complete delivery off', async () => {
  const phone = await Phone.of()
  const token = await tokenOf('driver-01')
  await phone.login('driver-01')
  await phone.see('可以装车的订单')
  await phone.tap(phone.button('装车'))
  await phone.see('今天 1 站')
  await phone.picture('stops')
  const [delivery] = (await ask('GET', '/deliveries', { token })).items
  const place = await placeOf(token, delivery.customer_id)
  await phone.at(place)
  phone.shots.push(await phone.photo(place, '货物'), await phone.photo(place, '签收单'))
  phone.taps = 0
  await phone.tap('.stops-item')
  const has = (n) => phone.page.waitForFunction((k) => document.querySelectorAll('.photo-slot-image').length >= k, n, { timeout: 3000 }).then(() => true, () => false)
  if (!(await has(1))) await phone.tap('.photo-slot')
  if (!(await has(2))) await phone.tap(phone.page.locator('.photo-slot').nth(1))
  await phone.see('已定位')
  await phone.tap(phone.page.locator('.chip').first())
  // What is paid at the door is one tap more.
  const money = phone.page.locator('.chip', { hasText: '现金' })
  if (await money.count()) await phone.tap(money)
  await phone.picture('stop')
  await phone.tap(phone.button('全部签收'))
  await phone.see('已签收')
  within('sign off, besides its photos', phone.taps, 5)
  await phone.picture('stop-signed')
  const after = await ask('GET', `/deliveries/${delivery.id}`, { token })
  assert.equal(after.status, 'signed')
  assert.equal(after.attempts.length, 1)
  await phone.close()
})

await test('the rest of the day, in light and dark', async () => {
  for (const dark of [false, true]) {
    const end = dark ? '-dark' : ''
    const phone = await Phone.of(dark)
    await phone.login('rep-01')
    await phone.see('/ 5')
    await phone.picture(`today${end}`)
    await phone.tap(phone.page.locator('.tab', { hasText: '消息' }))
    await phone.see('重要的事发到微信')
    await phone.picture(`inbox${end}`)
    await phone.tap(phone.page.locator('.tab', { hasText: '我的' }))
    await phone.see('关于您的记录')
    await phone.picture(`mine${end}`)
    await phone.tap(phone.page.locator('.tab', { hasText: '今天' }))
    await phone.tap(phone.page.locator('.today-body').nth(3))
    await phone.see('来往')
    await phone.page.waitForTimeout(500)
    await phone.picture(`store-why${end}`)
    await phone.close()
    if (!dark) continue
    const other = await Phone.of(true)
    await other.login('rep-02')
    await other.see('提交这')
    await other.picture('today-proposed-dark')
    await other.at({ lat: 29.86, lng: 121.53 })
    await other.tap(other.button('提交这'))
    await other.see('0 /')
    await other.tap('.today-act')
    await other.see('已定位')
    await other.picture('check-in-dark')
    await other.close()
  }
})

console.table(budget)
writeFileSync(`${ARTEFACTS}taps.json`, JSON.stringify(budget, null, 2))
await browser.close()
