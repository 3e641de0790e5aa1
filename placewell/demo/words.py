"""Names and words that the made-up council is told in."""

BOYS = (
    "Adam Aiden Alfie Amir Ben Caleb Charlie Daniel Dylan Elijah Ethan Finley Freddie George Harvey Hassan Isaac Jack "
    "Jacob Jayden Joel Josh Kai Kofi Leo Liam Logan Lucas Malik Mason Max Mohamed Nathan Noah Oliver Omar Oscar Reuben "
    "Riley Ryan Sam Sebastian Theo Toby Tyler Yusuf Zac"
).split()
GIRLS = (
    "Aaliyah Abigail Aisha Amelia Amy Anya Ava Bella Chloe Daisy Ella Ellie Emily Erin Esme Eva Evie Fatima Freya Grace "
    "Hannah Harriet Holly Imani Isla Jasmine Jess Kayla Keira Lacey Leah Lily Lola Lucy Maisie Maya Megan Mia Millie "
    "Naomi Niamh Olivia Phoebe Poppy Ruby Scarlett Sofia Summer Tia Zara"
).split()
FAMILIES = (
    "Adeyemi Ahmed Allen Bailey Barker Begum Bell Brooks Burton Carter Chambers Clarke Collins Cooper Cox Davies Dixon "
    "Edwards Ellis Evans Fisher Foster Gibson Graham Grant Green Hall Harris Hughes Hussain Jackson James Kelly Khan King "
    "Knight Lawson Lewis Marsh Mason Mensah Mills Moore Murphy Nkosi Nowak Okafor Osei Owen Palmer Parker Patel Payne "
    "Pearce Price Reid Richards Roberts Rose Saunders Shaw Silva Stevens Stone Taylor Thomas Turner Walsh Ward Watson West "
    "White Wood Wright Young"
).split()
ARRIVED = (
    "Abdullah Ahmad Ali Amanuel Biniam Farhad Habib Ibrahim Karim Mehdi Mustafa Nasir Robel Samir Tesfay Yonas".split()
)

SCHOOLS = (
    "Chafford Hundred Academy",
    "Estuary View School",
    "Fenfields Primary School",
    "Grays Riverside Academy",
    "Horndon Road School",
    "Marsh Lane Primary School",
    "Orsett Fields Academy",
    "Purfleet Park School",
    "St Clement's School",
    "Tilbury Docks Primary School",
)

PROVIDER_FIRST = (
    "Alder Ash Beacon Beech Birch Bramble Bridge Cedar Cornerstone Curlew Dune Elm Estuary Fern Hawthorn Hazel Heron "
    "Hillside Holly Juniper Kestrel Kingfisher Lantern Lark Linden Maple Marsh Meadow Nightingale Oak Orchard Pine Plover "
    "Poplar Redwood Rivermouth Rowan Saltmarsh Sandpiper Skylark Sorrel Sparrow Spinney Springfield Stonebridge Swallow "
    "Sycamore Teal Thistle Thornbury Tidewater Wagtail Walnut Waterside Westbrook Whitethorn Willow Woodlark Wren Yew"
).split()
PROVIDER_LAST = {
    "fostering": ("Fostering", "Foster Care", "Families"),
    "residential": ("Children's Homes", "Care", "Residential"),
    "supported": ("Housing", "Supported Living", "Pathways"),
    "family_assessment": ("Family Centre", "Family Assessment"),
}
HOME_LAST = ("House", "Lodge", "Cottage", "View", "Court", "Place")

# code in the shared vocabulary of needs: how often a child in care has it
NEEDS = {
    "mental_health": 0.35,
    "attachment": 0.35,
    "education_support": 0.25,
    "learning_disability": 0.10,
    "autism": 0.12,
    "physical_disability": 0.04,
    "complex_health": 0.05,
}
# tag of a risk that a child may pose (the vocabulary's code is poses_ and the tag): how often
RISKS = {
    "missing": 0.12,
    "criminal_exploitation": 0.08,
    "self_harm": 0.10,
    "violence": 0.12,
    "substance_use": 0.06,
    "fire_setting": 0.02,
}
