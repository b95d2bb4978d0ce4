using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Whether a grant fits where it is put: below its parent, or at a model's owner. Pure.</summary>
internal static class GrantPlacement
{
    /// <summary>What is wrong with the place; empty when nothing is.</summary>
    public static IReadOnlyList<string> Problems(LicensingFacts facts, PartyId licensor, PartyId licensee, GrantId? parent, GrantTerms terms)
    {
        if (licensor == licensee)
        {
            return ["A party needs no licence from itself."];
        }

        if (licensor == PartyId.Public)
        {
            return ["The public licenses nothing."];
        }

        if (licensee == PartyId.Public && terms.SublicenseDepth > 0)
        {
            return ["An open licence has no licences below it: everybody has it already."];
        }

        return parent is { } id ? BelowParent(facts, licensor, id, terms) : AtOwner(facts, licensor, terms);
    }

    private static IReadOnlyList<string> BelowParent(LicensingFacts facts, PartyId licensor, GrantId id, GrantTerms terms)
    {
        Grant? parent = facts.Grants.FirstOrDefault(grant => grant.Id == id);
        return parent is null || parent.Licensee != licensor ? [$"'{licensor}' holds no licence {id}."]
            : !GrantLife.Stands(parent) ? [$"The licence {id} is {WordForm.Of(parent.State)}."]
            : Attenuation.Problems(terms, parent.Terms);
    }

    // Without a parent the licensor speaks as the owner. Who owns a model is asked again at each use: ownership can change.
    private static List<string> AtOwner(LicensingFacts facts, PartyId licensor, GrantTerms terms)
    {
        var compiled = new CompiledFacts(facts with { Grants = [] });
        var problems = new List<string>();
        foreach (string model in terms.Models)
        {
            ModelSelector selector = ModelSelector.Parse(model);
            if (!selector.IsAny && OwnerOf(compiled, selector) is var owner && owner != licensor)
            {
                problems.Add($"'{licensor}' does not license the model '{model}' for its owners; name the licence that this one hangs on, or say who owns the model.");
            }
        }

        return problems;
    }

    private static PartyId OwnerOf(CompiledFacts facts, ModelSelector selector) => facts.Model(selector.Name ?? "", selector.Digest ?? "").Lead;
}
