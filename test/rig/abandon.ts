/** Starts a server and does not stop it; rig.test.ts kills this program and looks whether the server goes too. */

import { startPrometheus, temporaryFolder } from './rig.ts';

const folder = temporaryFolder();
const { url } = await startPrometheus();
process.send?.({ url, folder: folder.path });
setInterval(() => {}, 60_000);
