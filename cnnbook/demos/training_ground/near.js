// In a page: the training ground's own script is fetched when it comes near, or at once where a set-up was sent.
import { renderNear } from "../shared/near.js";

const SENT = /[#&]ground\d*=/;

const render = renderNear({
  name: "training ground", address: "ground_address", made: "cnnbookGround", isWanted: () => SENT.test(location.hash),
});

export default { render };
