namespace Lazuli.Models;

/// <summary>A filter: its name, and what it makes of a value and arguments.</summary>
internal sealed record JinjaFilter(string Name, Func<JinjaRun, object?, JinjaCall, object?> Apply);

/// <summary>A test: how many arguments it takes, and whether it holds.</summary>
internal sealed record JinjaTest(string Name, int Arguments, Func<JinjaRun, object?, object?[], bool> Holds);
