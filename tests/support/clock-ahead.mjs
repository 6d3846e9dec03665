// Loaded into a service (`--import`), which then lives so many seconds in the future.
const aheadMs = Number(process.env.CLOCK_AHEAD_SECONDS) * 1_000;
const now = Date.now.bind(Date);
Date.now = () => now() + aheadMs;
