// Loaded before the game, so that the real library speaks to a simulator on this computer.
// 2.5.0 would speak https to it.
import { WebcastHttpClient } from "tiktok-live-connector";

WebcastHttpClient.prototype.getBaseUrl = () => process.env.SIGN_API_URL;
