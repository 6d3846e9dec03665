// Loaded into a service with `--import`; moves its clock CLOCK_AHEAD_SECONDS into the future.
const aheadMs = Number(process.env.CLOCK_AHEAD_SECONDS) * 1_000;
const now = Date.now.bind(Date);
Date.now = () => now() + aheadMs;
