# What is shared and saved from a session.

share-heading = Share
share-card-do = A picture of this session: what came before, average and peak, top gifters. Without diamonds unless you add them.
share-size = Size of the picture
share-tall = Story, 1080 × 1920
share-wide = Link, 1200 × 630
share-hide = Name nobody
share-money = With diamonds
share-save = Save picture
card-gifts = { $n ->
        [one] { $n } gift
       *[other] { $n } gifts
    }
