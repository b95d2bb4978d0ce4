using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Roles as the command line writes them.</summary>
internal static class RoleText
{
    private static readonly (PersonRoles Role, string Name)[] s_names =
    [
        (PersonRoles.Owner, "owner"), (PersonRoles.Operator, "operator"), (PersonRoles.SafetyOfficer, "safety-officer"), (PersonRoles.Finance, "finance"), (PersonRoles.Viewer, "viewer"),
    ];

    /// <summary>All names, for descriptions.</summary>
    public static string Names { get; } = string.Join(", ", s_names.Select(entry => entry.Name));

    /// <summary>Names with commas between.</summary>
    public static string Of(PersonRoles roles) => string.Join(", ", s_names.Where(entry => roles.HasFlag(entry.Role)).Select(entry => entry.Name));

    /// <summary>Reads names.</summary>
    /// <exception cref="CommandException">One is no role.</exception>
    public static PersonRoles Parse(IEnumerable<string> names) => names.Aggregate(PersonRoles.None, (all, name) =>
    {
        PersonRoles role = s_names.FirstOrDefault(entry => entry.Name == name).Role;
        return role != PersonRoles.None ? all | role : throw new CommandException($"--role is '{name}'; there are {Names}.", ExitCode.Usage);
    });
}
