// The review page works without this; with it the right column has tabs, cells take comments, and keys do the acts.

import { Bar } from "./review/bar.js";
import { Cells } from "./review/cells.js";
import { Drafts } from "./review/drafts.js";
import { listenToKeys } from "./review/keys.js";
import { Tabs } from "./review/tabs.js";

const side = document.querySelector(".review-side");
const tabs = new Tabs(side);
const bar = new Bar(document.querySelector(".review-bar"), new Drafts(side, tabs));
const cells = new Cells(document.querySelector(".paper.shown"), tabs);
listenToKeys({ bar, cells, tabs });
