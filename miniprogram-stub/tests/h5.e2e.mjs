/** The first day on real screens, in Chromium at 390×844, as a running server in development mode serves them.
 *  GUGAN_SERVER=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node tests/h5.e2e.mjs
 *  ONLY='late|full storage' runs the tests whose names match; some need those before them. Pictures go to artefacts/. The demo company is reset first, to a Monday morning. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
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
  async photo(place, text, { width = 1200, height = 900 } = {}) {
    const url = await this.page.evaluate(([words, width, height]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const pen = canvas.getContext('2d')
      pen.scale(width / 1200, height / 900)
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
    }, [text, width, height])
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
  if (process.env.ONLY && !name.match(process.env.ONLY)) return
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

await test('a decision that is refused late is shown on its own screen, and can be made again', async () => {
  const phone = await Phone.of()
  await phone.login('supervisor-01')
  await phone.tap('.todos-item')
  await phone.see('系统看到的')
  await phone.page.route('**/decide', async (route) => {
    await new Promise((go) => setTimeout(go, 7_000))
    await route.fulfill({ status: 409, json: { code: 'findings_changed', detail: '内容刚有变化，请再看一眼' } })
  })
  await phone.tap(phone.button(/^通过$/))
  await phone.page.locator('.outcome', { hasText: '正在发送' }).waitFor()
  await phone.page.locator('.asked', { hasText: '内容刚有变化' }).waitFor({ timeout: 12_000 })
  await phone.picture('todo-asked-again')
  await phone.button(/^通过$/).waitFor()
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

/** What the driver's trip has, as the server says. */
async function tripOf(token) {
  const { id } = await ask('GET', '/me', { token })
  const [newest] = (await ask('GET', `/trips?driver_id=${id}&limit=1`, { token })).items
  return ask('GET', `/trips/${newest.id}`, { token })
}

await test('a driver loads today and tomorrow in one trip, and one customer is one stop', async () => {
  const phone = await Phone.of()
  const token = await tokenOf('logistics-01')
  await phone.login('logistics-01')
  await phone.see('可以装车的订单')
  await phone.picture('loading')
  phone.taps = 0
  await phone.tap(phone.page.locator('.stops-day').nth(1))
  await phone.see(/装车 1\d 单/)
  await phone.page.reload()
  await phone.see(/装车 1\d 单/)
  await phone.tap(phone.button('装车'))
  await phone.see(/今天 1\d 站/)
  within('load ten orders and more', phone.taps, 3)
  await phone.picture('stops')
  const trip = await tripOf(token)
  const orders = trip.stops.flatMap((it) => it.deliveries)
  assert.ok(orders.length >= 10, `${orders.length} orders`)
  assert.equal(new Set(trip.stops.map((it) => it.customer_id)).size, trip.stops.length, 'one customer, one stop')
  assert.ok(trip.stops.some((it) => it.deliveries.length === 2), 'a customer with two orders')
  await phone.close()
})

const stopRow = (phone, stop) => phone.page.locator('.stops-item', { hasText: stop.customer_name })
const nextStop = async (token) => (await tripOf(token)).stops.find((it) => it.deliveries.every((one) => one.status === 'planned'))
/** Goods and slip, with what the camera did not take by itself. */
async function shootBoth(phone) {
  const has = (n) => phone.page.waitForFunction((k) => document.querySelectorAll('.photo-slot-image').length >= k, n, { timeout: 3000 }).then(() => true, () => false)
  if (!(await has(1))) await phone.tap('.photo-slot')
  if (!(await has(2))) await phone.tap(phone.page.locator('.photo-slot').nth(1))
  await phone.see('已定位')
}
async function openStop(phone, token, stop) {
  const place = await placeOf(token, stop.customer_id)
  await phone.at(place)
  phone.shots.push(await phone.photo(place, '货物'), await phone.photo(place, '签收单'))
  phone.taps = 0
  await phone.tap(stopRow(phone, stop))
  await shootBoth(phone)
}

await test('a driver signs a complete delivery off', async () => {
  const phone = await Phone.of()
  const token = await tokenOf('logistics-01')
  await phone.login('logistics-01')
  const stop = (await tripOf(token)).stops.find((it) => it.deliveries.length === 2)
  await openStop(phone, token, stop)
  await phone.tap(phone.page.locator('.chip').first())
  // What is paid at the door is one tap more.
  const money = phone.page.locator('.chip', { hasText: '现金' })
  if (await money.count()) await phone.tap(money)
  await phone.picture('stop')
  await phone.tap(phone.button('全部签收'))
  await phone.see('已签收')
  within('sign off two orders of a customer, besides its photos', phone.taps, 5)
  await phone.picture('stop-signed')
  const after = (await tripOf(token)).stops.find((it) => it.id === stop.id)
  assert.deepEqual(after.deliveries.map((it) => it.status), ['signed', 'signed'])
  await phone.close()
})

await test('everything refused at the door takes few taps, and a number is typed', async () => {
  await drive()
  for (const dark of [false, true]) {
    const phone = await Phone.of(dark)
    const token = await tokenOf('logistics-01')
    await phone.login('logistics-01')
    const stop = await nextStop(token)
    await openStop(phone, token, stop)
    if (dark) {
      // One line by its number, and more than there is is not taken.
      await phone.tap(phone.page.locator('.link-do', { hasText: '有退回' }))
      const field = phone.page.locator('.stop-typed input').first()
      await field.fill('99999')
      await phone.tap(phone.page.locator('.chip').first())
      await phone.see('退回的数量不对')
      await field.fill('1')
      await phone.tap(phone.page.locator('.chip', { hasText: '破损' }))
      await phone.picture('stop-part-back-dark')
      await phone.close()
      continue
    }
    await phone.tap(phone.page.locator('.link-do', { hasText: '客户拒收' }))
    await phone.tap(phone.page.locator('.chip', { hasText: '客户不要了' }))
    await phone.tap(phone.page.locator('.chip').first())
    await phone.picture('stop-refused')
    await phone.tap(phone.button('客户拒收'))
    await phone.page.locator('.outcome', { hasText: '客户拒收' }).waitFor()
    within('refuse everything, besides its photos', phone.taps, 6)
    const after = (await tripOf(token)).stops.find((it) => it.id === stop.id)
    assert.deepEqual(after.deliveries.map((it) => it.status), stop.deliveries.map(() => 'refused'))
    await phone.close()
  }
})

await test('a delivery is not closed by one tap: reason, photo, a question, and a moment to take it back', async () => {
  await drive()
  const phone = await Phone.of()
  const token = await tokenOf('logistics-01')
  await phone.login('logistics-01')
  const stop = await nextStop(token)
  await openStop(phone, token, stop)
  const fail = async () => {
    await phone.tap(phone.page.locator('.link-row', { hasText: '没送成' }))
    await phone.tap(phone.page.locator('.chip', { hasText: '店没开' }))
    await phone.picture('stop-failing')
    await phone.tap(phone.button('没送成：店没开'))
    await phone.see('带回仓库')
    await phone.page.locator('.uni-modal__btn_primary').tap()
    await phone.see('按错了可以撤回')
  }
  await fail()
  await phone.picture('stop-held')
  await phone.tap(phone.button('撤回'))
  await phone.see('没送成')
  const statuses = async () => (await tripOf(token)).stops.find((it) => it.id === stop.id).deliveries.map((it) => it.status)
  assert.deepEqual(await statuses(), stop.deliveries.map(() => 'planned'))
  const place = await placeOf(token, stop.customer_id)
  phone.shots.push(await phone.photo(place, '门关着'))
  await phone.tap(phone.page.locator('.link-row', { hasText: '没送成' }))
  await phone.tap('.photo-slot')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.tap(phone.page.locator('.link-row', { hasText: '回去签收' }))
  await fail()
  await phone.tap(phone.button('下一站'))
  await stopRow(phone, stop).getByText('未送达').waitFor({ timeout: 15_000 })
  assert.deepEqual(await statuses(), stop.deliveries.map(() => 'failed'))
  await phone.tap(stopRow(phone, stop))
  await phone.see('未送 ')
  assert.ok(!(await phone.page.locator('.list-item', { hasText: '收 ' }).count()), 'nothing was taken')
  await phone.picture('stop-failed')
  await phone.close()
})

await test('an answer later than six seconds is shown where the driver waits, and told where the driver went', async () => {
  await drive()
  const phone = await Phone.of()
  const token = await tokenOf('logistics-01')
  await phone.login('logistics-01')
  const stop = await nextStop(token)
  let answerIt
  await phone.page.route('**/sign-off', async (route) => {
    await new Promise((go) => { answerIt = go })
    await route.fulfill({ json: { stop_id: stop.id, deliveries: stop.deliveries.map((it) => ({ delivery_id: it.id, status: 'planned' })), verdict: 'reject', reasons: ['duplicate_exact'], provisional: false, next: 'retake', distance_m: 3 } })
  })
  const hand = async () => {
    await phone.tap(phone.page.locator('.chip').first())
    const money = phone.page.locator('.chip', { hasText: '现金' })
    if (await money.count()) await phone.tap(money)
    await phone.tap(phone.button('全部签收'))
    await phone.page.locator('.outcome', { hasText: '正在发送' }).waitFor()
  }
  await openStop(phone, token, stop)
  await hand()
  await phone.page.waitForTimeout(7_000)
  await phone.picture('stop-sending')
  assert.ok(!(await phone.page.getByText('已存在手机里').count()), 'sending is not kept')
  answerIt()
  await phone.see('请重新拍一张')
  await phone.see('与之前的照片相同')
  await phone.picture('stop-asked-again')
  // Once more, and this time the driver is gone before the answer.
  const place = await placeOf(token, stop.customer_id)
  phone.shots.push(await phone.photo(place, '货物'), await phone.photo(place, '签收单'))
  await phone.tap('.photo-slot')
  await shootBoth(phone)
  await hand()
  await phone.tap(phone.button('下一站'))
  await phone.see(/今天 1\d 站/)
  await stopRow(phone, stop).getByText('正在发送').waitFor()
  await phone.page.waitForTimeout(6_500)
  answerIt()
  await phone.see('有一件没有成功')
  await phone.page.locator('.uni-modal__btn_primary').tap()
  await phone.page.locator('.asked', { hasText: '请重新拍一张' }).first().waitFor()
  await stopRow(phone, stop).getByText('请看一下').waitFor()
  await phone.picture('stops-asked-again')
  await phone.tap(phone.page.locator('.tab', { hasText: '消息' }))
  await phone.page.locator('.asked', { hasText: '请重新拍一张' }).locator('visible=true').waitFor()
  await phone.picture('inbox-asked-again')
  await phone.page.unroute('**/sign-off')
  phone.shots.push(await phone.photo(place, '货物'), await phone.photo(place, '签收单'))
  await phone.tap(phone.page.locator('.asked .app-button', { hasText: '去处理' }).locator('visible=true').first())
  await shootBoth(phone)
  await phone.tap(phone.page.locator('.chip').first())
  const money = phone.page.locator('.chip', { hasText: '现金' })
  if (await money.count()) await phone.tap(money)
  await phone.tap(phone.button('全部签收'))
  await phone.see('已签收')
  await phone.tap(phone.button('下一站'))
  await phone.see(/今天 1\d 站/)
  await phone.page.waitForTimeout(300)
  assert.equal(await phone.page.locator('.asked').count(), 0)
  await phone.close()
})

await test('a finished trip hands in what was collected, and a difference takes a word', async () => {
  await drive()
  const phone = await Phone.of()
  const token = await tokenOf('driver-01')
  const planner = await tokenOf('logistics-01')
  const driver_id = (await ask('GET', '/me', { token })).id
  const orders = (await ask('GET', '/orders?status=accepted&limit=100', { token: planner })).items
  let trip
  for (const order of orders) {
    const body = { vehicle: '浙B·A1234', driver_id, stops: [{ customer_id: order.customer_id, order_ids: [order.id] }] }
    trip = await ask('POST', '/trips', { token: planner, body }).catch(() => null)
    if (trip) break
  }
  await phone.login('driver-01')
  await phone.see('今天 1 站')
  const onTheRoad = (await tripOf(await tokenOf('logistics-01'))).stops.filter((it) => it.deliveries[0].status === 'planned').map((it) => it.customer_name)
  for (const name of await phone.page.locator('.stops-pick .one-line').allTextContents()) assert.ok(!onTheRoad.includes(name), `${name} is on another's vehicle`)
  await openStop(phone, token, trip.stops[0])
  await phone.tap(phone.page.locator('.chip').first())
  const money = phone.page.locator('.chip', { hasText: '现金' })
  if (await money.count()) await phone.tap(money)
  await phone.tap(phone.button('全部签收'))
  await phone.see('已签收')
  await phone.tap(phone.button('下一站'))
  await phone.see('这趟送完了')
  await phone.page.locator('.field input').first().fill('999.5')
  await phone.see('为什么不一样')
  await phone.page.locator('.field input').nth(1).fill('客户多给的零钱')
  await phone.picture('hand-in')
  await phone.tap(phone.button('交给出纳'))
  await phone.page.locator('.hand-in').waitFor({ state: 'detached' })
  const after = await ask('GET', `/trips/${trip.id}`, { token })
  assert.equal(after.hand_in.counted_cash, '999.50')
  assert.equal(after.hand_in.reason, '客户多给的零钱')
  await phone.close()
})

await test('photos beyond what a phone may hold are made smaller, and say so', async () => {
  const phone = await Phone.of()
  await phone.login('rep-02')
  await phone.tap(phone.button('提交这'))
  await phone.see('0 /')
  const { item, place } = await toCheckIn(phone, 'rep-02')
  await phone.page.evaluate((owner) => {
    const job = { file: 'photo-1-1', n_bytes: 99_999_999, purpose: 'storefront', subject_type: 'customer', subject_id: 'other', taken_at: '', location: null }
    localStorage.setItem('gugan.shot.storefront.other', JSON.stringify({ job, owner, title: '', screen: '', at: Date.now() + 10 ** 12 }))
  }, (await ask('GET', '/me', { token: await tokenOf('rep-02') })).id)
  phone.shots.push(await phone.photo(place, item.customer_name, { width: 2400, height: 1800 }))
  await phone.tap(phone.page.locator('.today-item', { hasText: item.customer_name }).locator('.today-act'))
  await phone.see('已缩小到 1600 像素')
  const size = await phone.page.evaluate(async () => {
    const shot = JSON.parse(Object.entries(localStorage).find(([name]) => name.startsWith('gugan.shot') && !name.endsWith('other'))[1])
    const db = await new Promise((go) => { const asked = indexedDB.open('gugan', 1); asked.onsuccess = () => go(asked.result) })
    const blob = await new Promise((go) => { const asked = db.transaction('photos').objectStore('photos').get(shot.job.file); asked.onsuccess = () => go(asked.result) })
    const { width, height } = await createImageBitmap(blob)
    return { width, height, why: shot.job.original.why }
  })
  assert.deepEqual(size, { width: 1600, height: 1200, why: 'large' })
  await phone.close()
})

await test('a server in trouble does not hide the good copy', async () => {
  const phone = await Phone.of()
  await phone.login('logistics-01')
  await phone.see(/今天 1\d 站/)
  await phone.page.route('**/api/v1/**', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '60' }, json: { code: 'unavailable', detail: '暂时无法服务' } }))
  await phone.page.reload()
  await phone.see(/今天 1\d 站/)
  await phone.see('暂时连不上')
  assert.equal(await phone.page.getByText('暂时打不开').count(), 0)
  await phone.close()
})

await test('a list half picked survives a reload', async () => {
  const phone = await Phone.of()
  await phone.login('rep-03')
  await phone.see('提交这 5 家')
  await phone.tap('.today-tick')
  await phone.see('提交这 4 家')
  await phone.page.reload()
  await phone.see('提交这 4 家')
  await phone.close()
})

/** The check-in of somebody on the list, up to the photo. */
async function toCheckIn(phone, user, n = 0) {
  const token = await tokenOf(user)
  const day = await ask('GET', '/action-lists?limit=1', { token })
  const list = await ask('GET', `/action-lists/${day.items[0].date}`, { token })
  const item = list.items[n]
  const place = await placeOf(token, item.customer_id)
  await phone.at(place)
  return { token, item, place }
}

await test('a shot is there after the app was killed between the shutter and the tap', async () => {
  const phone = await Phone.of()
  await phone.login('rep-03')
  await phone.tap(phone.button('提交这'))
  await phone.see('0 / 5')
  const { token, item, place } = await toCheckIn(phone, 'rep-03')
  const taken = await phone.photo(place, item.customer_name)
  phone.shots.push(taken)
  await phone.tap(phone.page.locator('.today-item', { hasText: item.customer_name }).locator('.today-act'))
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.page.goto('about:blank')
  await phone.page.goto(`${APP}#/pages/today/index`)
  await phone.see('照片拍好了，还没提交')
  await phone.picture('today-shot')
  await phone.tap('.banner')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.tap(phone.button('签到'))
  await phone.see('已确认到店')
  const visits = await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })
  assert.equal((await ask('GET', `/photos/${visits.items[0].photo_ids[0]}`, { token })).n_bytes, taken.length)
  await phone.page.goto(`${APP}#/pages/today/index`)
  await phone.see('/ 5')
  assert.equal(await phone.page.getByText('照片拍好了').count(), 0)
  await phone.close()
})

await test('a full storage swallows no check-in: it says so, and sends it all the same', async () => {
  await drive()
  const phone = await Phone.of()
  await phone.login('rep-03')
  await phone.see('/ 5')
  const { token, item, place } = await toCheckIn(phone, 'rep-03', 1)
  phone.shots.push(await phone.photo(place, item.customer_name))
  await phone.tap(phone.page.locator('.today-item', { hasText: item.customer_name }).locator('.today-act'))
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.page.evaluate(() => {
    for (const name of Object.keys(localStorage)) if (/gugan\.(copy|tickets|plan)/.test(name)) localStorage.removeItem(name)
    for (let size = 1_000_000, n = 0; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) localStorage.setItem(`other.${n++}`, 'x'.repeat(size))
      } catch { /* full at this size */ }
    }
  })
  await phone.page.route('**/api/**', (route) => route.abort())
  await phone.tap(phone.button('签到'))
  await phone.see('手机存储满了')
  await phone.page.locator('.uni-modal__btn_primary').tap()
  await phone.see('签到还没有存下')
  await phone.picture('check-in-full')
  await phone.page.unroute('**/api/**')
  await phone.page.evaluate(() => window.dispatchEvent(new Event('online')))
  await phone.see('已确认到店')
  assert.equal((await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })).items.length, 1)
  await phone.close()
})

await test('a check-in that is not believed after its rep went on keeps the outcome waiting for the next one', async () => {
  await drive()
  const phone = await Phone.of()
  await phone.login('rep-03')
  await phone.see('/ 5')
  const { token, item, place } = await toCheckIn(phone, 'rep-03', 3)
  const row = phone.page.locator('.today-item', { hasText: item.customer_name })
  let answerIt
  await phone.page.route('**/api/v1/visits', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await new Promise((go) => { answerIt = go })
    await route.fulfill({ status: 201, json: { id: '01a00000-0000-7000-8000-000000000001', customer_id: item.customer_id, verdict: 'reject', next: 'retake', reasons: ['duplicate_exact'], status: 'attempted', photo_ids: [], needs: [] } })
  })
  phone.shots.push(await phone.photo(place, item.customer_name))
  await phone.tap(row.locator('.today-act'))
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.tap(phone.button('签到'))
  await phone.see('签到正在发送')
  await phone.tap(phone.page.locator('.chip', { hasText: '有意见' }))
  await phone.tap(phone.button('完成拜访'))
  await phone.page.locator('.outcome', { hasText: '正在发送' }).waitFor({ timeout: 15_000 })
  await phone.tap(phone.button('回到今天'))
  await row.getByText('正在发送').waitFor()
  answerIt()
  await phone.see('有一件没有成功')
  await phone.page.locator('.uni-modal__btn_primary').tap()
  await row.getByText('请看一下').waitFor()
  await phone.picture('today-asked-again')
  await phone.page.unroute('**/api/v1/visits')
  phone.shots.push(await phone.photo(place, item.customer_name))
  await phone.tap(row.locator('.today-act'))
  await phone.see('登记的结果等着这次签到')
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.picture('check-in-asked-again')
  await phone.tap(phone.button('签到'))
  await phone.see('这一家完成了')
  const visits = (await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })).items
  assert.deepEqual(visits.map((it) => it.result_code), ['complaint'])
  await phone.close()
})

await test('HEIC is sent as a JPEG that names its original; what the browser cannot read goes as it is', async () => {
  await drive()
  const phone = await Phone.of()
  await phone.page.addInitScript(() => {
    // A browser that reads HEIC: this one does not.
    const read = window.createImageBitmap.bind(window)
    window.createImageBitmap = (blob) => read(blob.slice(12))
  })
  await phone.login('rep-03')
  await phone.see('/ 5')
  const { token, item, place } = await toCheckIn(phone, 'rep-03', 2)
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic', 'latin1'), await phone.photo(place, item.customer_name)])
  phone.shots.push(heic)
  await phone.tap(phone.page.locator('.today-item', { hasText: item.customer_name }).locator('.today-act'))
  await phone.page.locator('.photo-slot-image').waitFor()
  await phone.see('已定位')
  await phone.tap(phone.button('签到'))
  await phone.see(/已确认到店|已先行记录/)
  const [visit] = (await ask('GET', `/visits?customer_id=${item.customer_id}`, { token })).items
  const content = await fetch(`${SERVER}/api/v1/photos/${visit.photo_ids[0]}/content?variant=original`, { headers: { authorization: `Bearer ${token}` } })
  const bytes = Buffer.from(await content.arrayBuffer())
  assert.equal(bytes.readUInt16BE(0), 0xffd8)
  const sum = createHash('sha256').update(heic).digest('hex')
  assert.ok(bytes.includes(`gugan original sha256=${sum} bytes=${heic.length} why=heic`))
  const photo = await ask('GET', `/photos/${visit.photo_ids[0]}`, { token })
  assert.ok(JSON.stringify(photo.exif).includes('NOH-AN00'), `EXIF goes with it: ${JSON.stringify(photo.exif)}`)
  assert.equal(visit.verdict, 'pass', `${visit.reasons}`)
  await phone.close()
})

await test('a role without screens reads where its work is', async () => {
  const phone = await Phone.of()
  await phone.login('clerk-01')
  await phone.see('录单在电脑上做')
  await phone.picture('elsewhere')
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
    const driver = await Phone.of(true)
    const token = await tokenOf('logistics-01')
    await driver.login('logistics-01')
    await driver.see(/今天 1\d 站/)
    await driver.picture('stops-dark')
    await openStop(driver, token, await nextStop(token))
    await driver.tap(driver.page.locator('.link-do', { hasText: '客户拒收' }))
    await driver.picture('stop-refused-dark')
    await driver.page.route('**/sign-off', (route) => route.fulfill({ status: 422, json: { code: 'signed_slip_missing', detail: '请补一张签收单照片' } }))
    await driver.tap(driver.page.locator('.chip', { hasText: '客户不要了' }))
    await driver.tap(driver.page.locator('.chip').first())
    await driver.tap(driver.button('客户拒收'))
    await driver.see('请补一张签收单照片')
    await driver.see('照片还在')
    await driver.picture('stop-told-dark')
    await driver.tap(driver.page.locator('.link-row', { hasText: '没送成' }))
    await driver.picture('stop-failing-dark')
    await driver.page.goto(`${APP}#/pages/today/index?tab=stops`)
    await driver.page.locator('.asked', { hasText: '请补一张签收单照片' }).waitFor()
    await driver.picture('stops-asked-again-dark')
    await driver.close()
    const other = await Phone.of(true)
    await other.login('rep-06')
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

await test('the next morning asks why what was left was left', async () => {
  await ask('POST', '/dev/clock', { body: { advance: 'PT18H' } })
  await ask('POST', '/dev/settle')
  const phone = await Phone.of()
  const token = await tokenOf('rep-01')
  await phone.login('rep-01')
  await phone.see('上次没去成的')
  await phone.picture('undone')
  const before = await ask('GET', '/action-lists/2026-11-23', { token })
  const open = before.items.filter((it) => it.needs_reason)
  assert.ok(open.length, 'something is left')
  for (const _ of open) {
    await phone.tap(phone.page.locator('.chip', { hasText: '时间不够' }))
    await phone.page.waitForTimeout(300)
  }
  await phone.page.waitForTimeout(600)
  const after = await ask('GET', '/action-lists/2026-11-23', { token })
  assert.equal(after.items.filter((it) => it.needs_reason).length, 0)
  assert.equal(await phone.page.getByText('上次没去成的').count(), 0)
  await phone.close()
})

console.table(budget)
writeFileSync(`${ARTEFACTS}taps.json`, JSON.stringify(budget, null, 2))
await browser.close()
