namespace Lazuli.Licensing;

/// <summary>Kinds of change that somebody may or may not make.</summary>
internal enum LicensingChange
{
    ManageParties,
    ManageProjects,
    Contribute,
    OfferGrant,
    SignGrant,
    StopGrant,
    ResumeGrant,
    DescribeModel,
    SetStage,
    HoldModel,
    ReleaseModel,
    RevokeModel,
    RecordFact,
    ManageKeys,
    ManageCommitments,
    ManagePeople,
    ManageOwnTokens,
}
