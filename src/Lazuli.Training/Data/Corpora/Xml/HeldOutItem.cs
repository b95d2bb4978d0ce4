using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>A question whose answer the model never saw.</summary>
/// <param name="Question">The turns up to the answer.</param>
/// <param name="Answer">The reference answer.</param>
/// <param name="MemberId">Documentation id of the member asked about.</param>
/// <param name="Name">Its name as the question has it.</param>
public sealed record HeldOutItem(IReadOnlyList<ChatTurn> Question, string Answer, string MemberId, string Name);
