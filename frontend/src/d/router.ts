import { shallowRef } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { AppError } from '@/api/problem'
import { renew, signedIn } from '@/api/session'

import { learn, may, me } from './known'
import NotHere from './parts/NotHere.vue'
import Unopened from './parts/Unopened.vue'
import { type Page, PAGES } from './routes'

declare module 'vue-router' {
  interface RouteMeta { page?: Page }
}

export const router = createRouter({
  history: createWebHistory('/'),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    ...PAGES.map((page) => ({ path: page.path, component: page.page, props: page.props ?? false, meta: { page } })),
    { path: '/:rest(.*)*', name: 'nowhere', component: NotHere },
    { path: '/:rest(.*)*', name: 'unopened', component: Unopened },
  ],
})

/** The first page of the menu that one may open. */
export const home = (): string =>
  PAGES.find((page) => page.menu && (!page.permission || may(page.permission)))?.path ?? '/me'

/** Why the page at the address was not opened. */
export const broken = shallowRef<unknown>(null)

/** Something else is shown at the same address: it is right once the reason has gone. */
const instead = (name: 'nowhere' | 'unopened', { path, query, hash }: RouteLocationNormalized) =>
  ({ name, params: { rest: path.split('/').filter(Boolean) }, query, hash, replace: true })

router.beforeEach(async (to) => {
  const page = to.meta.page
  if (page?.free || to.name === 'unopened') return true
  try {
    if (!me.value) await comeBack()
  } catch (error) {
    broken.value = error
    return instead('unopened', to)
  }
  if (!me.value) {
    return { path: '/login', ...(to.fullPath === '/' ? {} : { query: { to: to.fullPath } }) }
  }
  if (me.value?.confined && to.path !== '/me') return '/me'
  if (page?.permission && !may(page.permission)) return to.path === '/' ? home() : instead('nowhere', to)
  return true
})

/** The session may still stand, by its cookie: after a reload. Throws Unreachable, and AppError where the server is out of order. */
async function comeBack(): Promise<void> {
  try {
    if (signedIn.value || (await renew())) await learn()
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
  }
}

// A part of the desk that cannot be had: no network, or another version stands on the server.
router.onError((error, to) => {
  broken.value = error
  void router.replace(instead('unopened', to))
})
