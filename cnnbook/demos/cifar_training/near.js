// In a page: the training's own script is fetched when it comes near.
import { renderNear } from "../shared/near.js";

const render = renderNear({ name: "training", address: "training_address", made: "cnnbookTraining" });

export default { render };
