import type { ToolErrorCode } from "../errors.ts";
import { type AccessLevel, isWithin } from "./access-level.ts";
import type { Narrowing } from "./narrowing.ts";
import type { Toolset } from "./toolsets.ts";

/** What the operator of this installation offers; no other limit can exceed it. */
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
   * Taiga permissions that the user has in at least one accessible project. `undefined` if Taiga
   * was not asked or did not answer; then no tool is hidden. They never refuse a run, because Taiga
   * itself does so for the project in question.
   */
  taigaPermissions?: ReadonlySet<string> | undefined;
}

/** The parts of a tool that decide who may use it. */
export interface PolicedTool {
  /** `verb_noun`; the file has the same name in kebab-case. */
  name: string;
  toolset: Toolset;
  /** The lowest access level that may run it. */
  access: AccessLevel;
  /**
   * Taiga permissions (`add_us` …). The tool is useful only to users who have at least one of them
   * in some project; omitted for tools that every user can use.
   */
  taigaPermissions?: readonly string[];
}

/** Why a tool must not run, written for a model. */
export interface Refusal {
  code: ToolErrorCode;
  reason: string;
  /**
   * The level that would lift the refusal. Present only if the user granted less: asking the user
   * again cannot change the operator's limit or the address in use.
   */
  needs?: AccessLevel;
}

/** Whether a tool is listed, and whether it may run. */
export interface Decision {
  list: boolean;
  run: "allowed" | { refused: Refusal };
}

/** Decides who may use which tool. Every entry calls this function; the strictest limit wins. */
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
      reason: `${tool.name} is in the toolset ${tool.toolset}, which this connection does not have. The user can add it to the address of this server: ?toolsets=${[...request.toolsets, tool.toolset].join(",")}`,
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
