// User actions on our pages, addressed by visible text.
import type { Page } from "playwright-core";

export async function logInAs(
  page: Page,
  username: string,
  password = `${username}-password`,
): Promise<void> {
  await page.getByLabel("User name or e-mail").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in and continue" }).click();
}

export const consentHeading = (page: Page) =>
  page.getByRole("heading", { level: 1, name: "Allow access to Taiga?" });

export const loginHeading = (page: Page) =>
  page.getByRole("heading", { level: 1, name: "Log in to Taiga" });

/**
 * On the consent page.
 * @param access title of an access level; the preselected one otherwise.
 */
export async function allow(page: Page, access?: string): Promise<void> {
  // Clicks the text, as users do: the whole box around it belongs to the label.
  if (access !== undefined) {
    const level = page.getByText(access, { exact: true });
    if (!(await level.isVisible())) await page.getByText("More access", { exact: true }).click();
    await level.click();
  }
  await page.getByRole("button", { name: "Allow access" }).click();
}

/** Goes from the login page to the client's callback. */
export async function approveIn(page: Page, username: string): Promise<void> {
  await logInAs(page, username);
  await consentHeading(page).waitFor();
  await allow(page);
  await backInTheApp(page);
}

export const backInTheApp = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { name: "Back in the app" }).waitFor();
};
