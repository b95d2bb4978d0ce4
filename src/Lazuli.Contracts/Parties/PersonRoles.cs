namespace Lazuli.Contracts;

/// <summary>What a person may do for a party; a person may have several.</summary>
[Flags]
public enum PersonRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Everything, people and roles too.</summary>
    Owner = 1,

    /// <summary>Runs the daily business: projects, keys, licences, stages.</summary>
    Operator = 2,

    /// <summary>Stops models and licences, and lets them go on.</summary>
    SafetyOfficer = 4,

    /// <summary>Money: commitments and contributions.</summary>
    Finance = 8,

    /// <summary>Reads.</summary>
    Viewer = 16,
}
