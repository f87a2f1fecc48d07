// What is inside messages: words, blocks and emoji, drawn by their own modules.

import { blocks as drawBlocks } from "./blocks.js";
import { mrkdwn as drawWords, plain as plainWords } from "./mrkdwn.js";
import * as server from "./server.js";
import { Told } from "./server.js";

export { drawBlocks as blocks, drawWords as mrkdwn, plainWords as plain };

const SAID = {
  operation_timeout: "The bot did not answer within 3 seconds.",
  dispatch_failed: "The bot could not be reached.",
};

/** Clicks on a message's blocks. @param {string} channel @param {string} ts
 * @returns {(what: object) => Promise<object>} which throws when the bot did not take it; `suggest` asks for options */
export const clicksOn = (channel, ts) => clicks({ channel, ts });

/** Clicks on the app's home. @param {object} what */
export const clicksOnHome = clicks({ home: true });

function clicks(place) {
  const click = async (what) => {
    const answer = await server.act("click", { ...place, ...what });
    if (answer.error) throw new Told(SAID[answer.error] ?? `This did not work: ${answer.error}.`);
    return answer;
  };
  click.suggest = (what) => server.act("suggest", { ...place, ...what });
  return click;
}
