using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Whose a model is that a project makes. Pure.</summary>
/// <param name="After">What is said of the model from now on; null when nothing changes.</param>
/// <param name="Conflict">Why it cannot be; null when it can.</param>
internal readonly record struct ModelInheritance(ModelPolicy? After, string? Conflict)
{
    /// <summary>The project's owners own what it makes: unless owners were set by hand, which stay, or the name is other owners' already, which is a conflict.</summary>
    /// <param name="facts">What licensing knows.</param>
    /// <param name="before">What is said of the model.</param>
    /// <param name="project">Who makes it; one that is not known is the default owner's.</param>
    /// <param name="isNew">Whether no version is registered under the name: then nobody owns it.</param>
    public static ModelInheritance Of(LicensingFacts facts, ModelPolicy before, ProjectId project, bool isNew)
    {
        Project? maker = facts.Projects.FirstOrDefault(found => found.Id == project);
        OwnershipShare[] byDefault = [new OwnershipShare(facts.DefaultOwner, OwnershipShare.Whole)];
        IReadOnlyList<OwnershipShare> owners = maker?.Owners ?? byDefault;
        if (before.Owners.Count > 0 && before.OwnersFrom is null)
        {
            return default;
        }

        IReadOnlyList<OwnershipShare> current = before.Owners.Count > 0 ? before.Owners : isNew ? owners : byDefault;
        if (!Equal(current, owners))
        {
            string why = before.OwnersFrom is { } from ? $"inherited from the project '{from}' when it was first registered" : "as of all models that no project's owners are named for";
            return new ModelInheritance(null, $"The model '{before.Subject}' belongs to {Text(current)} ({why}); what the project '{project}' makes belongs to {Text(owners)}. Give it a name of its own, or set the owners of '{before.Subject}' first.");
        }

        return maker is null || before.Owners.Count > 0 ? default : new ModelInheritance(before with { Owners = owners, OwnersFrom = project }, null);
    }

    /// <summary>Shares for people.</summary>
    private static string Text(IReadOnlyList<OwnershipShare> owners) => string.Join(", ", owners.Select(owner => string.Create(CultureInfo.InvariantCulture, $"{owner.Party} {owner.BasisPoints / 100m:0.##} %")));

    // The order says who leads, so it counts.
    private static bool Equal(IReadOnlyList<OwnershipShare> one, IReadOnlyList<OwnershipShare> other) => one.SequenceEqual(other);
}
