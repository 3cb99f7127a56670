import './styles/tokens.css';
import './styles/base.css';
import { createApp, watch } from 'vue';
import App from './App.vue';
import { CampusApi } from './api/campus.ts';
import { ApiClient } from './api/client.ts';
import { apiKey } from './api/use-api.ts';
import { announceLanguage, i18n } from './i18n/index.ts';
import { noteAnswer, startClock } from './live/clock.ts';
import { createLive, liveKey } from './live/live.ts';
import { createConsoleRouter } from './router.ts';
import { mayRole } from './session/rights.ts';
import { createSession, sessionKey } from './session/session.ts';
import { followTheme } from './session/theme.ts';

const client = new ApiClient((input, init) => fetch(input, init));
const api = new CampusApi(client);
const session = createSession(api);
const live = createLive(api);
const router = createConsoleRouter(session);

client.onAnswer = noteAnswer;
client.onUnauthenticated = () => {
  if (session.user.value === undefined) return;
  session.expire();
  void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath } });
};
watch(session.user, (user) => {
  if (mayRole(user?.role, 'observe')) live.start();
  else live.stop();
});

startClock();
followTheme();
announceLanguage();
createApp(App)
  .use(i18n)
  .use(router)
  .provide(apiKey, api)
  .provide(sessionKey, session)
  .provide(liveKey, live)
  .mount('#app');
