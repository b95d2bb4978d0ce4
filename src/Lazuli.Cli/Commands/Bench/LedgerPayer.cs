using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>In whose name a request of the benchmark is made.</summary>
/// <param name="Party">Who pays.</param>
/// <param name="Project">Its project.</param>
/// <param name="Key">Its key.</param>
/// <param name="GrantChain">Its licences, the owner's first.</param>
internal sealed record LedgerPayer(PartyId Party, ProjectId Project, string Key, IReadOnlyList<GrantId> GrantChain);
