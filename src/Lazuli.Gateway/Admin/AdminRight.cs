namespace Lazuli.Gateway;

/// <summary>What an endpoint of the admin API needs of its caller; <see cref="AdminRights"/> says who has it.</summary>
internal enum AdminRight
{
    /// <summary>To read what is one's own party's; the installation's people read everything.</summary>
    Read,

    /// <summary>To read or check what belongs to nobody alone: the whole ledger, the whole audit, the log.</summary>
    ReadInstallation,

    /// <summary>To change money that is one's own party's to change.</summary>
    ChangeMoney,

    /// <summary>To change money that is the installation's to change.</summary>
    ChangeInstallationMoney,

    /// <summary>To set limits.</summary>
    SetLimits,

    /// <summary>To add, change and try endpoints that one's own party is told at.</summary>
    ManageWebhooks,

    /// <summary>To ask for a change that the room of licences decides about itself, by role and party, with an audit entry in the change's own transaction.</summary>
    AskLicensing,
}
