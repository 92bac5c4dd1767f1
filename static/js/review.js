// The review page works without this; with it the right column has tabs, cells take comments, and keys do the acts.

import { Bar } from "./review/bar.js";
import { Cells } from "./review/cells.js";
import { listenToKeys } from "./review/keys.js";
import { Tabs } from "./review/tabs.js";

const tabs = new Tabs(document.querySelector(".review-side"));
const bar = new Bar(document.querySelector(".review-bar"));
const cells = new Cells(document.querySelector(".paper.shown"), tabs);
listenToKeys({ bar, cells, tabs });
