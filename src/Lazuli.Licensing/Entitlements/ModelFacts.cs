using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What is known of one model in one state of the facts, defaults filled in.</summary>
internal readonly struct ModelFacts
{
    public required IReadOnlyList<OwnershipShare> Owners { get; init; }

    public required ModelStage Stage { get; init; }

    public required string? Hold { get; init; }

    public required string? Revocation { get; init; }

    public required double? TrainingFlop { get; init; }

    /// <summary>The owner that grants licences for all.</summary>
    public PartyId Lead => Owners[0].Party;

    public bool IsOwnedBy(PartyId party)
    {
        for (int i = 0; i < Owners.Count; i++)
        {
            if (Owners[i].Party == party)
            {
                return true;
            }
        }

        return false;
    }
}
