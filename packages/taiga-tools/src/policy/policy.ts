import type { ToolErrorCode } from "../errors.ts";
import { type AccessLevel, isWithin } from "./access-level.ts";
import type { Narrowing } from "./narrowing.ts";
import type { Toolset } from "./toolsets.ts";

/** What the operator of this installation offers: the upper bound of everything. */
export interface OperatorLimits {
  accessLimit: AccessLevel;
  toolsets: readonly Toolset[];
}

/** Everything that limits what one request may do. */
export interface Limits {
  operator: OperatorLimits;
  /** What the user agreed to. */
  caller: { access: AccessLevel };
  /** What the address in use asks for. */
  request: Narrowing;
  /**
   * Taiga permissions the user has in at least one project within reach. `undefined` when Taiga
   * was not asked, or did not answer: then they hide nothing. They never refuse a run, because
   * Taiga itself does, for the very project in question.
   */
  taigaPermissions?: ReadonlySet<string> | undefined;
}

/** The parts of a tool that decide who may use it. */
export interface PolicedTool {
  /** verb_noun; the file has the same name in kebab-case. */
  name: string;
  toolset: Toolset;
  /** The lowest access level that may run it. */
  access: AccessLevel;
  /**
   * Taiga permissions (`add_us` …) of which the user needs at least one, in some project, for the
   * tool to be of any use; left out where every user can use it.
   */
  taigaPermissions?: readonly string[];
}

/** Why a tool does not run, for a model to read. */
export interface Refusal {
  code: ToolErrorCode;
  reason: string;
  /**
   * The level that would lift the refusal: only when the user granted less, since asking the user
   * again cannot lift the operator's limit or change the address in use.
   */
  needs?: AccessLevel;
}

/** Whether a tool is shown, and whether it runs. */
export interface Decision {
  list: boolean;
  run: "allowed" | { refused: Refusal };
}

/** The one rule of who may use which tool; every path asks it. The strictest limit wins. */
export function decide(limits: Limits, tool: PolicedTool): Decision {
  const refused =
    refuseToolset(limits, tool) ??
    refuseByOperatorOrRequest(limits, tool) ??
    refuseByAccess(limits, tool);
  if (refused !== undefined) return { list: false, run: { refused } };
  return { list: isOfUse(tool, limits.taigaPermissions), run: "allowed" };
}

function refuseToolset({ operator, request }: Limits, tool: PolicedTool): Refusal | undefined {
  if (!operator.toolsets.includes(tool.toolset)) {
    return {
      code: "tool_not_enabled",
      reason: `${tool.name} is in the toolset ${tool.toolset}, which this installation does not offer.`,
    };
  }
  if (request.toolsets !== undefined && !request.toolsets.includes(tool.toolset)) {
    return {
      code: "tool_not_enabled",
      reason: `${tool.name} is in the toolset ${tool.toolset}, which the address of this connection leaves out (?toolsets=${request.toolsets.join(",")}).`,
    };
  }
  return undefined;
}

function refuseByOperatorOrRequest(limits: Limits, tool: PolicedTool): Refusal | undefined {
  const { operator, request } = limits;
  if (!isWithin(tool.access, operator.accessLimit)) {
    return {
      code: "access_level_too_low",
      reason: `${tool.name} needs the access level ${tool.access}; this installation allows ${operator.accessLimit} at most. Only its operator can change that.`,
    };
  }
  if (request.readOnly && tool.access !== "read") {
    return {
      code: "access_level_too_low",
      reason: `${tool.name} needs the access level ${tool.access}; the address of this connection allows reading only (?readonly). The user can connect again without it.`,
    };
  }
  return undefined;
}

function refuseByAccess({ caller }: Limits, tool: PolicedTool): Refusal | undefined {
  if (isWithin(tool.access, caller.access)) return undefined;
  return {
    code: "access_level_too_low",
    reason: `${tool.name} needs the access level ${tool.access}; the user granted ${caller.access}. The user can connect this client again and choose ${tool.access}.`,
    needs: tool.access,
  };
}

const isOfUse = (tool: PolicedTool, permissions: ReadonlySet<string> | undefined): boolean =>
  permissions === undefined ||
  tool.taigaPermissions === undefined ||
  tool.taigaPermissions.some((permission) => permissions.has(permission));
