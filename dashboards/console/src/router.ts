import { createRouter, createWebHistory, type Router } from 'vue-router';
import { lazyPart, reloadAt } from './parts/lazy-part.ts';
import { PartLost } from './parts/load-part.ts';
import { homeOf, mayRole, type Right } from './session/rights.ts';
import type { Session } from './session/session.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** The entry of the navigation that is lit, and the key of the page's title under `nav`. */
    section?: 'overview' | 'devices' | 'alerts' | 'audit' | 'access' | 'about';
    /** The right without which the page is of no use. */
    right?: Right;
    /** Open to everyone. */
    open?: boolean;
  }
}

const routes = [
  { path: '/login', name: 'login', component: lazyPart(() => import('./pages/LoginPage.vue')), meta: { open: true } },
  {
    path: '/',
    name: 'overview',
    component: lazyPart(() => import('./pages/OverviewPage.vue')),
    meta: { section: 'overview', right: 'observe' },
  },
  {
    path: '/devices',
    name: 'devices',
    component: lazyPart(() => import('./pages/DevicesPage.vue')),
    meta: { section: 'devices', right: 'observe' },
  },
  {
    path: '/devices/:site/:device',
    name: 'device',
    component: lazyPart(() => import('./pages/DevicePage.vue')),
    props: true,
    meta: { section: 'devices', right: 'observe' },
  },
  {
    path: '/alerts',
    name: 'alerts',
    component: lazyPart(() => import('./pages/AlertsPage.vue')),
    meta: { section: 'alerts', right: 'observe' },
  },
  {
    path: '/audit',
    name: 'audit',
    component: lazyPart(() => import('./pages/AuditPage.vue')),
    meta: { section: 'audit', right: 'audit' },
  },
  {
    path: '/access',
    name: 'access',
    component: lazyPart(() => import('./pages/AccessPage.vue')),
    meta: { section: 'access', right: 'manage' },
  },
  {
    path: '/about',
    name: 'about',
    component: lazyPart(() => import('./pages/AboutPage.vue')),
    meta: { section: 'about', right: 'observe' },
  },
  { path: '/:rest(.*)*', name: 'not-found', component: lazyPart(() => import('./pages/NotFoundPage.vue')) },
] as const;

/** The pages and who may open them. Navigation stops while the gateway does not say who is signed in; `session.problem` tells why. */
export function createConsoleRouter(session: Session): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [...routes],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  let wanted = '';
  router.beforeEach(async (to) => {
    wanted = to.fullPath;
    if (to.meta.open === true) return true;
    const user = await session.check();
    if (user === 'unknown') return false;
    if (user === 'nobody') return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
    if (to.meta.right !== undefined && !mayRole(user.role, to.meta.right)) return { name: homeOf(user.role) };
    return true;
  });
  router.onError((error, to) => {
    // Who has gone on to another page meanwhile is not taken away from it.
    if (error instanceof PartLost && to.fullPath === wanted) reloadAt(to.fullPath);
  });
  return router;
}
