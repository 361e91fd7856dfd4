import { createRouter, createWebHistory } from 'vue-router'

import { renew, signedIn } from '@/api/session'

import { learn, may, me } from './known'
import { type Page, PAGES } from './routes'

declare module 'vue-router' {
  interface RouteMeta { page?: Page }
}

export const router = createRouter({
  history: createWebHistory('/'),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    ...PAGES.map((page) => ({ path: page.path, component: page.page, props: page.props ?? false, meta: { page } })),
    { path: '/:rest(.*)*', component: () => import('./parts/NotHere.vue') },
  ],
})

/** The first page of the menu that one may open. */
export const home = (): string =>
  PAGES.find((page) => page.menu && (!page.permission || may(page.permission)))?.path ?? '/me'

router.beforeEach(async (to) => {
  const page = to.meta.page
  if (page?.free) return true
  if (!me.value && !(await comeBack())) {
    return { path: '/login', ...(to.fullPath === '/' ? {} : { query: { to: to.fullPath } }) }
  }
  if (me.value?.confined && to.path !== '/me') return '/me'
  if (page?.permission && !may(page.permission)) return to.path === '/' ? home() : '/me'
  return true
})

/** The session still stands, by its cookie: after a reload. */
async function comeBack(): Promise<boolean> {
  try {
    if (!signedIn.value && !(await renew())) return false
    await learn()
    return true
  } catch {
    return false // the sign-in page says what is wrong when one tries
  }
}
